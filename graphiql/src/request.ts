import type { FetcherParams } from "@graphiql/toolkit";
import { operationKinds } from "./documents";

/** Says which bearer token to send; `renew` asks for another one than last time. */
export type TokenSource = (options: { renew: boolean }) => Promise<string>;

/**
 * GraphiQL works out the name of the operation a moment after the text changes, so that a quick click would send the
 * name that the tab before had. A document with one operation needs no name: it is sent only where there is a choice.
 */
export function toRequest({ query, variables, operationName }: FetcherParams) {
  const ambiguous = operationKinds(query).length > 1;
  const name = ambiguous ? (operationName ?? undefined) : undefined;
  return { query, variables: variables ?? undefined, operationName: name };
}
