import { bearerFor, suggestPeople } from "./development.js";
import { ACCEPT, DECLINE, LOOK, SignedOutError, ask } from "./graphql.js";
import { comeBack, goToIssuer } from "./issuer.js";

const page = document.body.dataset.page;
const at = (id) => document.getElementById(id);
const SECTIONS = ["sign-in", "invitation", "done"];

let token = "";
let bearer = null;
let preview = null;

/** Shows one part of the page; its heading is read out, and the keyboard goes on from there. */
function show(section, title) {
  for (const id of SECTIONS) {
    at(id).hidden = id !== section;
  }
  at("status").textContent = "";
  at("title").textContent = title;
  document.title = title;
  at("title").focus();
}

function complain(...messages) {
  at("status").textContent = "";
  at("fault").replaceChildren(...messages.map((message) => element("p", message)));
  if (messages.length > 0) {
    at("fault").focus();
  }
}

function element(name, content) {
  const made = document.createElement(name);
  made.textContent = content;
  return made;
}

/** Does something that takes a while: says so, once at a time, and tells what went wrong. */
async function attempt(saying, work) {
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
      bearer = null;
      show("sign-in", "Invitation");
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

async function look() {
  const { viewer, relationshipRequestPreview: found } = await ask(bearer, LOOK, { token });
  preview = found;
  if (found === null) {
    show("sign-in", "Invitation");
    complain(
      `This link opens no invitation for ${viewer.name}. It may be for another company, or cut short: open it from the mail ` +
        "again, and sign in as a global admin of the company that the mail was sent to.",
    );
  } else if (found.status === "ACCEPTED" && found.problems.length === 0) {
    finish(true);
  } else {
    showInvitation(viewer);
  }
}

function showInvitation(viewer) {
  const { inviter, provider, problems, agreementRequired, agreementTemplate, expiresAt } = preview;
  const company = viewer.customer?.companyName ?? "your company";
  at("signed-in").textContent = `You are signed in as ${viewer.name}, for ${company}.`;
  const until = expiresAt ? ` You can answer until ${new Date(expiresAt).toLocaleDateString("en", { dateStyle: "long" })}.` : "";
  at("request").textContent = `${inviter.name} would like to be a reseller of ${company}.${until}`;
  at("partners").replaceChildren(...described("Invited by", inviter), ...(provider ? described("With the provider", provider) : []));
  at("rights").replaceChildren(...rights().map((right) => element("li", right)));
  at("agreement").hidden = !agreementRequired;
  if (agreementTemplate) {
    at("agreement-link").href = agreementTemplate.url;
  }
  at("decision").hidden = problems.length > 0;
  close();
  show("invitation", `${inviter.name} invites ${company}`);
  complain(...problems.map((problem) => problem.message));
}

function described(role, { name, country, mpnId }) {
  const place = new Intl.DisplayNames("en", { type: "region" }).of(country);
  const known = mpnId ? `, partner network id ${mpnId}` : "";
  return [element("dt", role), element("dd", `${name}, ${place}${known}`)];
}

function rights() {
  const { inviter, provider, includesDelegatedAdmin } = preview;
  const sells = inviter.kinds.some((kind) => kind === "DIRECT_BILL" || kind === "INDIRECT_PROVIDER");
  const both = provider ? `${inviter.name} and ${provider.name}` : inviter.name;
  const sellers = provider ? provider.name : sells ? inviter.name : null;
  return [
    `${both} can see your company's name, domains, country and what it buys through them.`,
    sellers
      ? `${sellers} can order, change and cancel subscriptions for your company, and bill you for them.`
      : `${inviter.name} cannot order for your company by itself.`,
    includesDelegatedAdmin
      ? `${both} can administer your company's account, its users included: delegated admin privileges, which you can take away at any time.`
      : "Nobody gets admin privileges in your company's account.",
  ];
}

function finish(accepted) {
  const { inviter, provider } = preview;
  const both = provider ? `${inviter.name} and ${provider.name}` : inviter.name;
  at("outcome").textContent = accepted
    ? `${both} can serve your company from now on.`
    : `${inviter.name} was told. Nothing has changed for your company.`;
  show("done", accepted ? "You accepted the invitation" : "You declined the invitation");
}

async function decide(document, field, input, accepted) {
  const { [field]: payload } = await ask(bearer, document, { input: { token, ...input } });
  if (payload.userErrors.length > 0) {
    complain(...payload.userErrors.map((fault) => fault.message));
  } else {
    finish(accepted);
  }
}

function open() {
  at("declining").hidden = false;
  at("to-decline").ariaExpanded = "true";
  at("reason").focus();
}

function close() {
  at("declining").hidden = true;
  at("to-decline").ariaExpanded = "false";
}

/** Whether the box is ticked where there is one; what is missing stands beside it, and is read out with it. */
function hasAgreed() {
  const missing = preview.agreementRequired && !at("agreed").checked;
  at("agreed").ariaInvalid = missing ? "true" : "false";
  at("agreed-fault").textContent = missing ? "Tick this box to accept; without the agreement nothing can be sold to you." : "";
  if (missing) {
    at("agreed").focus();
  }
  return !missing;
}

at("decision").addEventListener("submit", (event) => {
  event.preventDefault();
  if (hasAgreed()) {
    const agreement = preview.agreementRequired ? { accepted: true, templateId: preview.agreementTemplate.templateId } : null;
    attempt("Accepting…", () => decide(ACCEPT, "relationshipRequestAccept", { agreement }, true));
  }
});
at("declining").addEventListener("submit", (event) => {
  event.preventDefault();
  const reason = at("reason").value.trim() || null;
  attempt("Declining…", () => decide(DECLINE, "relationshipRequestDecline", { reason }, false));
});
at("to-decline").addEventListener("click", open);
at("keep").addEventListener("click", () => {
  close();
  at("to-decline").focus();
});
at("sign-out").addEventListener("click", () => {
  bearer = null;
  complain();
  show("sign-in", "Invitation");
});
at("person-form").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt("Signing in…", async () => {
    bearer = await bearerFor(at("person").value.trim());
    await look();
  });
});

/** Offers the ways to sign in that this server has. */
function offer({ development, issuers }) {
  at("person-form").hidden = !development;
  suggestPeople(at("person"), at("people"));
  at("issuers").replaceChildren(
    ...issuers.map((issuer) => {
      const button = element("button", issuers.length > 1 ? `Sign in (${issuer.cloud})` : "Sign in");
      button.type = "button";
      button.addEventListener("click", () => attempt("Going to sign-in…", () => goToIssuer(issuer, token)));
      return button;
    }),
  );
}

await attempt("Loading…", async () => {
  const response = await fetch(`${page}/config.json`);
  offer(await response.json());
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
