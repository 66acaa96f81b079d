import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useRef } from "react";
import { operationKinds } from "../documents";
import type { Person } from "./people";

interface Props {
  person: Person;
  /** Told whether the query was run for the new person. */
  onSwitch(ran: boolean): void;
}

/**
 * Runs the query of the open tab again when the person changes, so that the difference is seen at once, and ends a
 * subscription. A mutation is never run by a mere choice in a list. It stands inside GraphiQL because only there its state can be reached.
 */
export function RunAgain({ person, onSwitch }: Props) {
  const { run, stop } = useGraphiQLActions();
  const { queryEditor, responseEditor, tabs } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    responseEditor: state.responseEditor,
    tabs: state.tabs,
  }));
  const previous = useRef(person);

  useEffect(() => {
    if (previous.current === person) {
      return;
    }
    previous.current = person;
    // A stream is someone else's, too.
    stop();
    // The answers so far were for someone else. GraphiQL has no action for this, and needs none: a tab in the
    // background shows nothing, and its answer is read from here when it comes to the front.
    for (const tab of tabs) {
      tab.response = null;
    }
    responseEditor?.setValue("");
    const kinds = operationKinds(queryEditor?.getValue() ?? "");
    const onlyQueries = kinds.length > 0 && kinds.every((kind) => kind === "query");
    if (onlyQueries) {
      run();
    }
    onSwitch(onlyQueries);
  }, [person, onSwitch, run, stop, queryEditor, responseEditor, tabs]);

  return null;
}
