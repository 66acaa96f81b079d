/** A tab that stands ready when someone opens the explorer for the first time. */
export interface TourStop {
  query: string;
  variables: string | null;
}
export type Tour = TourStop[];

/** A customer of the viewer's, to fill in where a document needs one. */
export interface ExampleCustomer {
  id: string;
  etag: string;
}

// The files beside this one, in the order of their numbers; a .json file holds the variables of its namesake.
const DOCUMENTS = import.meta.glob<string>("./*.graphql", { eager: true, query: "?raw", import: "default" });
const VARIABLES = import.meta.glob<string>("./*.json", { eager: true, query: "?raw", import: "default" });

/** Puts the example's id and etag in place of the words that stand for them. */
function fillIn(variables: string, example: ExampleCustomer | null): string {
  if (example === null) {
    return variables;
  }
  return variables
    .replace('"the id of a customer"', () => JSON.stringify(example.id))
    .replace('"the etag of its billing profile"', () => JSON.stringify(example.etag));
}

/** The ready-made tabs. Without an example the visitor fills in the id and the etag by hand. */
export function buildTour(example: ExampleCustomer | null): Tour {
  return Object.keys(DOCUMENTS)
    .sort()
    .map((file) => {
      const variables = VARIABLES[file.replace(/\.graphql$/, ".json")];
      return { query: DOCUMENTS[file]!, variables: variables ? fillIn(variables, example) : null };
    });
}
