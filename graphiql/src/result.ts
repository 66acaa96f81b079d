import { type ExecutionResult, GraphQLError } from "graphql";

/** The result that a response holds. */
export async function toResult(response: Response): Promise<ExecutionResult> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ExecutionResult;
  } catch {
    throw new Error(`The server answered ${response.status} with something that is not JSON: ${text.slice(0, 200)}`);
  }
}

/** A fault as a result, because GraphiQL shows a thrown error with its stack of minified functions. */
export function toFault(error: unknown): ExecutionResult {
  return { errors: [new GraphQLError(error instanceof Error ? error.message : String(error))] };
}
