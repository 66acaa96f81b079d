import { ACCEPT, DECLINE, LOOK } from "./graphql.js";
import { answer, at, attempt, begin, complain, described, element, isTicked, open, sendAway, show, until } from "./page.js";

let preview = null;

async function look() {
  const { viewer, relationshipRequestPreview: found } = await open(LOOK);
  preview = found;
  if (found === null) {
    sendAway(
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
  at("request").textContent = `${inviter.name} would like to be a reseller of ${company}.${until(expiresAt)}`;
  at("partners").replaceChildren(...described("Invited by", inviter), ...(provider ? described("With the provider", provider) : []));
  at("rights").replaceChildren(...rights().map((right) => element("li", right)));
  at("agreement").hidden = !agreementRequired;
  if (agreementTemplate) {
    at("agreement-link").href = agreementTemplate.url;
  }
  at("decision").hidden = problems.length > 0;
  hideReason();
  show("invitation", `${inviter.name} invites ${company}`);
  complain(...problems.map((problem) => problem.message));
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

function showReason() {
  at("declining").hidden = false;
  at("to-decline").ariaExpanded = "true";
  at("reason").focus();
}

function hideReason() {
  at("declining").hidden = true;
  at("to-decline").ariaExpanded = "false";
}

async function accept() {
  const agreement = preview.agreementRequired ? { accepted: true, templateId: preview.agreementTemplate.templateId } : null;
  if (await answer(ACCEPT, "relationshipRequestAccept", { agreement })) {
    finish(true);
  }
}

async function decline() {
  const reason = at("reason").value.trim() || null;
  if (await answer(DECLINE, "relationshipRequestDecline", { reason })) {
    finish(false);
  }
}

at("decision").addEventListener("submit", (event) => {
  event.preventDefault();
  const missing = "Tick this box to accept; without the agreement nothing can be sold to you.";
  if (!preview.agreementRequired || isTicked(at("agreed"), missing)) {
    attempt("Accepting…", accept);
  }
});
at("declining").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt("Declining…", decline);
});
at("to-decline").addEventListener("click", showReason);
at("keep").addEventListener("click", () => {
  hideReason();
  at("to-decline").focus();
});

await begin({
  look,
  kind: "CUSTOMER_USER",
  example: "customer-admin@wingtiptoys",
  introduction:
    "A partner would like to work with your company. Sign in as a global admin of your company to see who invites you, and to " +
    "accept or decline.",
});
