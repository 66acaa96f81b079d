/** What the server tells the page about itself. */
export interface Config {
  /** Where GraphQL requests go. */
  endpoint: string;
  /** Whether the server signs people in by name: then there is a person picker instead of a token field. */
  development: boolean;
}

/** Asks the server for the configuration. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch("/graphiql/config.json");
  if (!response.ok) {
    throw new Error(`The server answered ${response.status} to the request for its configuration.`);
  }
  return (await response.json()) as Config;
}
