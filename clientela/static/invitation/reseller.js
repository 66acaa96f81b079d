import { ACCEPT_PARTNERSHIP, DECLINE_PARTNERSHIP, LOOK_AT_PARTNERSHIP } from "./graphql.js";
import { answer, at, attempt, begin, complain, described, element, isTicked, open, sendAway, show, until } from "./page.js";

let provider = null;

async function look() {
  const { viewer, partnershipPreview: found } = await open(LOOK_AT_PARTNERSHIP);
  if (found === null) {
    sendAway(
      `This link opens no invitation for ${viewer.name}. It may be cut short: open it from the mail again, and sign in as a ` +
        "global admin of the indirect reseller that the mail was sent to.",
    );
    return;
  }
  provider = found.provider;
  if (found.status === "ACTIVE" && found.problems.length === 0) {
    finish(true);
  } else {
    showInvitation(viewer, found);
  }
}

function showInvitation(viewer, { problems, expiresAt }) {
  const company = viewer.partner.name;
  at("signed-in").textContent = `You are signed in as ${viewer.name}, for ${company}.`;
  at("request").textContent = `${provider.name} would like to be the indirect provider of ${company}.${until(expiresAt)}`;
  at("partners").replaceChildren(...described("Invited by", provider));
  at("effects").replaceChildren(
    ...[
      `${provider.name} may order for your customers and add subscriptions to them.`,
      `${provider.name} gets admin access to the account of ${company}. You may take it away later; the partnership stays.`,
      `Neither side's customers become the other's.`,
      `${company} stands in the list of resellers of ${provider.name}, and ${provider.name} in your list of providers.`,
    ].map((effect) => element("li", effect)),
  );
  at("authorization").textContent =
    `On behalf of ${company}, I authorise ${provider.name} to order for our customers, and give it admin access to our account.`;
  // Whoever signs in as somebody else ticks it anew.
  at("authorized").checked = false;
  at("decision").hidden = problems.length > 0;
  hideRefusal();
  show("invitation", `${provider.name} invites ${company}`);
  complain(...problems.map((problem) => problem.message));
}

function finish(accepted) {
  at("outcome").textContent = accepted
    ? `${provider.name} is your company's indirect provider from now on.`
    : `${provider.name} sees that you declined. Nothing has changed for your company.`;
  show("done", accepted ? "You authorised the provider" : "You declined the invitation");
}

function showRefusal() {
  at("declining").hidden = false;
  at("to-decline").ariaExpanded = "true";
  at("refusal").focus();
}

function hideRefusal() {
  at("declining").hidden = true;
  at("to-decline").ariaExpanded = "false";
}

async function accept() {
  if (await answer(ACCEPT_PARTNERSHIP, "partnershipAccept", { authorizeProvider: true })) {
    finish(true);
  }
}

async function decline() {
  if (await answer(DECLINE_PARTNERSHIP, "partnershipDecline", {})) {
    finish(false);
  }
}

at("decision").addEventListener("submit", (event) => {
  event.preventDefault();
  if (isTicked(at("authorized"), "Tick this box to authorise the provider; there is no partnership without it.")) {
    attempt("Authorising…", accept);
  }
});
at("declining").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt("Declining…", decline);
});
at("to-decline").addEventListener("click", showRefusal);
at("keep").addEventListener("click", () => {
  hideRefusal();
  at("to-decline").focus();
});

await begin({
  look,
  kind: "PARTNER_USER",
  example: "global-admin@northwind",
  introduction:
    "An indirect provider would like to work with your company. Sign in as a global admin of your company to see who invites " +
    "you, and to authorise it or decline.",
});
