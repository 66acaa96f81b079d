import type { SendOperation } from "../fetcher";
import type { ExampleCustomer } from "./tour";

const QUERY = `query ExampleCustomer {
  customers(first: 1) {
    nodes {
      id
      billingProfile {
        etag
      }
    }
  }
}`;

interface Answer {
  customers: { nodes: { id: string; billingProfile: { etag: string } | null }[] } | null;
}

/** The viewer's first customer; null where there is none to see or no answer to be had. */
export async function findExampleCustomer(send: SendOperation): Promise<ExampleCustomer | null> {
  // Without regard to errors: the tour does without, and a fault shows as soon as the visitor runs anything.
  const { data } = await send({ query: QUERY });
  const customer = (data as Answer | null | undefined)?.customers?.nodes[0];
  return customer?.billingProfile ? { id: customer.id, etag: customer.billingProfile.etag } : null;
}
