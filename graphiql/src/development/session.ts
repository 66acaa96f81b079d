import type { TokenSource } from "../request";
import { type Person, searchPeople } from "./people";

const DEFAULT_NAME = "sales-agent@litware";
/** Only the name is kept in the browser, never a token. */
const STORAGE_KEY = "clientela:person";
/** A token is renewed this long before its end, so that it does not expire on the way to the server. */
const MARGIN_MS = 30_000;

interface IssuedToken {
  token: string;
  expiresAt: string;
}

async function issueToken(name: string): Promise<IssuedToken> {
  const response = await fetch("/development/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as: name }),
  });
  if (!response.ok) {
    throw new Error(`The server would not sign in ${name}: it answered ${response.status}.`);
  }
  return (await response.json()) as IssuedToken;
}

/** Who the visitor is at the moment, and that person's token. */
export class Session {
  #issued: Promise<IssuedToken> | null = null;

  constructor(public person: Person) {}

  /** Becomes someone else, for this and for later visits. */
  become(person: Person): void {
    this.person = person;
    this.#issued = null;
    localStorage.setItem(STORAGE_KEY, person.name);
  }

  /** The token to send: one for all requests until it is nearly over. */
  token: TokenSource = async ({ renew }) => {
    const issued = renew ? null : await this.#issued;
    if (issued && Date.parse(issued.expiresAt) - MARGIN_MS > Date.now()) {
      return issued.token;
    }
    const asked = issueToken(this.person.name);
    this.#issued = asked;
    asked.catch(() => {
      // A failure is not kept: the next request asks again.
      if (this.#issued === asked) {
        this.#issued = null;
      }
    });
    return (await asked).token;
  };
}

/** Starts as the person of the last visit; where there is no such person (any more), as the default one. */
export async function startSession(): Promise<Session> {
  for (const name of [localStorage.getItem(STORAGE_KEY), DEFAULT_NAME]) {
    const person = name && (await searchPeople(name)).find((candidate) => candidate.name === name);
    if (person) {
      return new Session(person);
    }
  }
  throw new Error(`The demo world has nobody called ${DEFAULT_NAME}.`);
}
