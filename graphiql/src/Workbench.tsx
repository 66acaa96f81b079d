import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import type { Fetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { type ReactNode, useState } from "react";
import { keepTitlesReadable, tabStorage } from "./tour/tabStorage";
import type { Tour } from "./tour/tour";

// Made once: GraphiQL takes a new list for a change of plugins, and closes the panel that is open.
const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

interface Props {
  fetcher: Fetcher;
  /** The tabs that a first visitor finds. */
  tour: Tour;
  /** False while there is no way to ask the server for its schema. */
  signedIn?: boolean;
  /** What stands beside the editors and may use GraphiQL's own state. */
  children?: ReactNode;
}

/** GraphiQL with the explorer panel and the ready-made tabs. */
export function Workbench({ fetcher, tour, signedIn = true, children }: Props) {
  const [storage] = useState(() => tabStorage(tour));
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      onTabChange={keepTitlesReadable}
      plugins={PLUGINS}
      // Undefined: GraphiQL asks the server. Null: it does not.
      schema={signedIn ? undefined : null}
      defaultEditorToolsVisibility="variables"
      // A header may hold a secret; none is ever written to the browser's storage.
      shouldPersistHeaders={false}
    >
      {/* The product's name stands in the bar above, and the tabs have the room. */}
      <GraphiQL.Logo>{null}</GraphiQL.Logo>
      {children}
    </GraphiQL>
  );
}
