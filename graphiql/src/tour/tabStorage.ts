import type { TabsState } from "@graphiql/react";
import type { Tour } from "./tour";

/** The key of GraphiQL's tabs in the browser's storage. */
const TABS_KEY = "graphiql:tabState";

type StoredTabs = Pick<TabsState, "tabs" | "activeTabIndex">;

/** "WhoAmI" becomes "Who am I". */
function toTitle(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(" ")
    .map((word, position) => (position === 0 || word === "I" ? word : word.toLowerCase()))
    .join(" ");
}

/** The tour in the form in which GraphiQL keeps tabs. */
function toTabs(tour: Tour): StoredTabs {
  const tabs = tour.map(({ query, variables }, position) => {
    const operationName = /^(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? null;
    return {
      id: `tour-${position}`,
      hash: "",
      title: operationName ?? "",
      query,
      variables,
      headers: null,
      operationName,
      response: null,
    };
  });
  return { tabs, activeTabIndex: 0 };
}

/**
 * GraphiQL titles a tab with the bare name of its operation and offers no other way. It hands over each new state
 * before anyone else sees it, which is the moment to put words in place of the name.
 */
export function keepTitlesReadable({ tabs }: StoredTabs): void {
  for (const tab of tabs) {
    tab.title = toTitle(tab.title);
  }
}

/** Whether this browser has tabs from an earlier visit. */
export function hasTabs(): boolean {
  return localStorage.getItem(TABS_KEY) !== null;
}

/** The browser's storage as GraphiQL sees it: with the tour where there are no tabs yet, and with readable titles. */
export function tabStorage(tour: Tour) {
  return {
    getItem(key: string): string | null {
      const stored = localStorage.getItem(key);
      if (key !== TABS_KEY) {
        return stored;
      }
      const state: StoredTabs = stored === null ? toTabs(tour) : (JSON.parse(stored) as StoredTabs);
      keepTitlesReadable(state);
      return JSON.stringify(state);
    },
    setItem: (key: string, value: string) => localStorage.setItem(key, value),
    removeItem: (key: string) => localStorage.removeItem(key),
    get length() {
      return localStorage.length;
    },
    clear() {
      // Only what is GraphiQL's: the chosen person is not.
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith("graphiql:"))) {
        localStorage.removeItem(key);
      }
    },
  };
}
