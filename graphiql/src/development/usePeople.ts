import { useEffect, useState } from "react";
import { type Person, searchPeople } from "./people";

/** How long the visitor must stop typing before the server is asked. */
const PAUSE_MS = 150;

interface Found {
  people: Person[];
  /** Why there are none, where the reason is not that nobody matches. */
  problem: string | null;
}

const NOBODY: Found = { people: [], problem: null };

/** The people that match a text, searched on the server while `active`. */
export function usePeople(text: string, active: boolean): Found {
  const [found, setFound] = useState(NOBODY);
  useEffect(() => {
    if (!active) {
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(
      () =>
        searchPeople(text, abort.signal).then(
          (people) => setFound({ people, problem: null }),
          (error: unknown) => {
            if (!abort.signal.aborted) {
              setFound({ people: [], problem: String(error) });
            }
          },
        ),
      text === "" ? 0 : PAUSE_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, active]);
  return found;
}
