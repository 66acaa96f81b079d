import type { Fetcher } from "@graphiql/toolkit";
import { useState } from "react";
import type { Tour } from "../tour/tour";
import { Workbench } from "../Workbench";
import { describe, type Person } from "./people";
import { PersonPicker } from "./PersonPicker";
import { RunAgain } from "./RunAgain";
import type { Session } from "./session";

interface Props {
  session: Session;
  fetcher: Fetcher;
  tour: Tour;
}

/** The explorer of a development server: the visitor picks a person and sees the API as that person. */
export function DevelopmentExplorer({ session, fetcher, tour }: Props) {
  const [person, setPerson] = useState(session.person);
  const [ran, setRan] = useState<boolean | null>(null);

  function become(next: Person) {
    session.become(next);
    setPerson(next);
  }

  return (
    <div className="page">
      <header className="identity-bar graphiql-container">
        <span className="product-name">Clientela</span>
        <p className="identity">
          You are: <strong>{person.name}</strong> — {describe(person)}
        </p>
        <p role="status">
          {ran === true && "The open tab was run again."}
          {ran === false && "The open tab was not run again: only queries are."}
        </p>
        <PersonPicker onChoose={become} />
      </header>
      <main className="workbench">
        <Workbench fetcher={fetcher} tour={tour}>
          <RunAgain person={person} onSwitch={setRan} />
        </Workbench>
      </main>
    </div>
  );
}
