import { type OperationTypeNode, parse } from "graphql";

/** The kinds of the operations in a document, in order; nothing for a text that does not parse. */
export function operationKinds(text: string): OperationTypeNode[] {
  try {
    return parse(text, { noLocation: true }).definitions.flatMap((definition) =>
      definition.kind === "OperationDefinition" ? [definition.operation] : [],
    );
  } catch {
    // Half a document, as there is at most moments of typing. The server words the fault when it is sent.
    return [];
  }
}
