import { type FormEvent, useState } from "react";
import { createFetcher } from "./fetcher";
import { buildTour } from "./tour/tour";
import { Workbench } from "./Workbench";

const TOUR = buildTour(null);

/** The explorer of a server that knows its people from a sign-in service: the visitor brings a token. */
export function TokenExplorer({ endpoint }: { endpoint: string }) {
  const [draft, setDraft] = useState("");
  // In memory only: a reload forgets it.
  const [token, setToken] = useState("");
  const [fetcher, setFetcher] = useState(() => createFetcher(endpoint, noToken));

  function useDraft(event: FormEvent) {
    event.preventDefault();
    const next = draft.trim();
    setToken(next);
    // A new fetcher makes GraphiQL fetch the schema again, as the owner of this token sees it.
    setFetcher(() => createFetcher(endpoint, next ? async () => next : noToken));
    setDraft("");
  }

  return (
    <div className="page">
      <form className="identity-bar graphiql-container" onSubmit={useDraft}>
        <span className="product-name">Clientela</span>
        <label htmlFor="token">Access token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={draft}
          placeholder={token ? "Another token" : "Paste a bearer token"}
          onChange={(event) => setDraft(event.target.value)}
        />
        <button type="submit">{draft.trim() || !token ? "Use this token" : "Forget the token"}</button>
        <p role="status">{token ? "Requests carry your token." : "No token yet: the server answers nobody."}</p>
      </form>
      <main className="workbench">
        <Workbench fetcher={fetcher} tour={TOUR} signedIn={token !== ""} />
      </main>
    </div>
  );
}

async function noToken(): Promise<string> {
  throw new Error("Paste an access token in the bar above first.");
}
