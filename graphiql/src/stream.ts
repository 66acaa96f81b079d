import type { FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import type { ExecutionResult } from "graphql";
import { createClient, NetworkError } from "graphql-sse";
import { type TokenSource, toRequest } from "./request";
import { toFault, toResult } from "./result";

/** What GraphiQL shows where a stream failed: what the server said, if it said anything. */
async function toLastResult(reason: unknown): Promise<ExecutionResult> {
  if (reason instanceof NetworkError && reason.response instanceof Response) {
    return toResult(reason.response).catch(toFault);
  }
  return toFault(reason);
}

/** Runs a subscription as Server-Sent Events, until it ends or GraphiQL asks for no more. */
export function streamResults(
  endpoint: string,
  token: TokenSource,
  params: FetcherParams,
  options?: FetcherOpts,
): AsyncIterableIterator<ExecutionResult> {
  let renew = false;
  const client = createClient({
    url: endpoint,
    // Asked again after a failure, which may have been the token's.
    headers: async () => {
      const authorization = `Bearer ${await token({ renew })}`;
      renew = true;
      return { authorization, ...options?.headers };
    },
    retryAttempts: 1,
  });
  const results = client.iterate(toRequest(params)) as AsyncIterableIterator<ExecutionResult>;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => results.next().catch(async (reason) => ({ done: false, value: await toLastResult(reason) })),
    // Passed on at once, where a generator would first wait for the next event.
    return: () => results.return!(),
  };
}
