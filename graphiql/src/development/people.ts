/** Someone of the demo world, as whom one may look at the API. */
export interface Person {
  /** E.g. sales-agent@litware. */
  name: string;
  title: string;
  organisation: string;
  kind: "PARTNER_USER" | "PARTNER_APP" | "CUSTOMER_USER";
}

/** "Sales agent, Litware" */
export function describe({ title, organisation }: Person): string {
  return `${title}, ${organisation}`;
}

/** The people that match the text; partners' people before customers'. */
export async function searchPeople(text: string, signal?: AbortSignal): Promise<Person[]> {
  const response = await fetch(`/development/people?${new URLSearchParams({ search: text })}`, { signal });
  if (!response.ok) {
    throw new Error(`The server answered ${response.status} to the search for people.`);
  }
  const { people } = (await response.json()) as { people: Person[] };
  return people.toSorted((a, b) => Number(a.kind === "CUSTOMER_USER") - Number(b.kind === "CUSTOMER_USER"));
}
