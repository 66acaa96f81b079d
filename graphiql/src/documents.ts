import { type OperationDefinitionNode, type OperationTypeNode, parse } from "graphql";

/** The operations in a document, in order; none for a text that does not parse. */
function operationsOf(text: string): OperationDefinitionNode[] {
  try {
    return parse(text, { noLocation: true }).definitions.filter(
      (definition) => definition.kind === "OperationDefinition",
    );
  } catch {
    // Half a document, as there is at most moments of typing. The server words the fault when it is sent.
    return [];
  }
}

/** The kinds of the operations in a document. */
export function operationKinds(text: string): OperationTypeNode[] {
  return operationsOf(text).map(({ operation }) => operation);
}

/** The kind of the operation that is run: the one of that name where there are several. */
export function chosenKind(text: string, name?: string | null): OperationTypeNode | undefined {
  const operations = operationsOf(text);
  const chosen = operations.length > 1 ? operations.find((each) => each.name?.value === name) : operations[0];
  return chosen?.operation;
}
