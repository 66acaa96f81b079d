/** What the page behind a link does, whoever is invited: three sections, the sign-in, and what is told on the way. */
import { bearerFor, suggestPeople } from "./development.js";
import { SignedOutError, ask } from "./graphql.js";
import { comeBack, goToIssuer } from "./issuer.js";

const page = document.body.dataset.page;
const SECTIONS = ["sign-in", "invitation", "done"];

let token = "";
let bearer = null;

export const at = (id) => document.getElementById(id);

/** Shows one part of the page; its heading is read out, and the keyboard goes on from there. */
export function show(section, title) {
  for (const id of SECTIONS) {
    at(id).hidden = id !== section;
  }
  at("status").textContent = "";
  at("title").textContent = title;
  document.title = title;
  at("title").focus();
}

export function complain(...messages) {
  at("status").textContent = "";
  at("fault").replaceChildren(...messages.map((message) => element("p", message)));
  if (messages.length > 0) {
    at("fault").focus();
  }
}

export function element(name, content) {
  const made = document.createElement(name);
  made.textContent = content;
  return made;
}

/** A partner in a list of descriptions. */
export function described(role, { name, country, mpnId }) {
  const place = new Intl.DisplayNames("en", { type: "region" }).of(country);
  const known = mpnId ? `, partner network id ${mpnId}` : "";
  return [element("dt", role), element("dd", `${name}, ${place}${known}`)];
}

export const until = (expiresAt) =>
  expiresAt ? ` You can answer until ${new Date(expiresAt).toLocaleDateString("en", { dateStyle: "long" })}.` : "";

/** Does something that takes a while: says so, once at a time, and tells what went wrong. */
export async function attempt(saying, work) {
  if (document.body.ariaBusy === "true") {
    return;
  }
  complain();
  at("status").textContent = saying;
  document.body.ariaBusy = "true";
  for (const button of document.querySelectorAll("button")) {
    button.ariaDisabled = "true";
  }
  try {
    await work();
  } catch (error) {
    if (error instanceof SignedOutError) {
      signOut();
    }
    complain(error.message);
  } finally {
    document.body.ariaBusy = "false";
    at("status").textContent = "";
    for (const button of document.querySelectorAll("button")) {
      button.ariaDisabled = null;
    }
  }
}

/** What the link opens, for whoever signed in. */
export const open = (document) => ask(bearer, document, { token });

/** Sends an answer; gives back whether it was taken, and tells why not. */
export async function answer(document, field, input) {
  const { [field]: payload } = await ask(bearer, document, { input: { token, ...input } });
  complain(...payload.userErrors.map((fault) => fault.message));
  return payload.userErrors.length === 0;
}

/** The link opens nothing for who signed in. */
export function sendAway(message) {
  show("sign-in", "Invitation");
  complain(message);
}

/** Whether a box is ticked; what is missing stands beside it, and is read out with it. */
export function isTicked(box, message) {
  const missing = !box.checked;
  box.ariaInvalid = missing ? "true" : "false";
  at(box.getAttribute("aria-describedby")).textContent = missing ? message : "";
  if (missing) {
    box.focus();
  }
  return !missing;
}

function signOut() {
  bearer = null;
  show("sign-in", "Invitation");
}

/** Offers the ways to sign in that this server has. */
function offer({ development, issuers }, kind) {
  at("person-form").hidden = !development;
  suggestPeople(at("person"), at("people"), kind);
  at("issuers").replaceChildren(
    ...issuers.map((issuer) => {
      const button = element("button", issuers.length > 1 ? `Sign in (${issuer.cloud})` : "Sign in");
      button.type = "button";
      button.addEventListener("click", () => attempt("Going to sign-in…", () => goToIssuer(issuer, token)));
      return button;
    }),
  );
}

/**
 * Begins: signs somebody in and has the invitation looked at.
 *
 * `look` shows it; `kind` is whom the link invites, as the viewer's kind has it, and `example` one of them.
 */
export async function begin({ look, kind, example, introduction }) {
  at("introduction").textContent = introduction;
  at("person-hint").textContent = `Development mode signs anybody in, e.g. ${example}.`;
  at("sign-out").addEventListener("click", () => {
    complain();
    signOut();
  });
  at("person-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt("Signing in…", async () => {
      bearer = await bearerFor(at("person").value.trim());
      await look();
    });
  });
  await attempt("Loading…", async () => {
    const response = await fetch(`${page}/config.json`);
    offer(await response.json(), kind);
    show("sign-in", "Invitation");
    bearer = await comeBack();
    token = new URLSearchParams(location.search).get("token") ?? "";
    if (token === "") {
      throw new Error("This address has no invitation in it. Open the link from the mail again.");
    }
    if (bearer !== null) {
      await look();
    }
  });
}
