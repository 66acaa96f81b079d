import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { describe, type Person } from "./people";
import { usePeople } from "./usePeople";

interface Props {
  onChoose(person: Person): void;
}

/** A box to search people in and a list to choose one from: the ARIA combobox pattern with a listbox. */
export function PersonPicker({ onChoose }: Props) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [position, setPosition] = useState(0);
  const { people, problem } = usePeople(text.trim(), open);
  const list = useRef<HTMLUListElement>(null);
  const active = open ? people[Math.min(position, people.length - 1)] : undefined;

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  function search(next: string) {
    setText(next);
    setPosition(0);
    setOpen(true);
  }

  function close() {
    setText("");
    setPosition(0);
    setOpen(false);
  }

  function choose(person: Person) {
    close();
    onChoose(person);
  }

  function onKeyDown(event: KeyboardEvent) {
    const last = people.length - 1;
    const keys: Record<string, () => void> = {
      ArrowDown: () => (open ? setPosition(position >= last ? 0 : position + 1) : setOpen(true)),
      ArrowUp: () => (open ? setPosition(position <= 0 ? last : position - 1) : setOpen(true)),
      Enter: () => active && choose(active),
      Escape: close,
    };
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  }

  return (
    <div className="person-picker">
      <label htmlFor="person-search">Become</label>
      <input
        id="person-search"
        role="combobox"
        aria-expanded={open}
        aria-controls="people"
        aria-autocomplete="list"
        aria-activedescendant={active && `person-${active.name}`}
        autoComplete="off"
        spellCheck={false}
        placeholder="someone else: helpdesk, customer-admin@wing"
        value={text}
        onChange={(event) => search(event.target.value)}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      <ul id="people" role="listbox" aria-label="People" ref={list} hidden={!open}>
        {people.map((person) => (
          <li
            key={person.name}
            id={`person-${person.name}`}
            role="option"
            aria-selected={person === active}
            // Before the box loses the focus, which closes the list.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(person)}
          >
            <strong>{person.name}</strong> {describe(person)}
          </li>
        ))}
        {people.length === 0 && <li aria-disabled="true">{problem ?? "Nobody matches."}</li>}
      </ul>
    </div>
  );
}
