/** The server refuses the bearer: it is over, or was never good. */
export class SignedOutError extends Error {}

/** Sends a document; gives back its data. What went wrong is the error's message, for people. */
export async function ask(bearer, query, variables) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (response.status === 401) {
    throw new SignedOutError(errors[0].message);
  }
  if (errors) {
    throw new Error(errors.map((error) => error.message).join(" "));
  }
  return data;
}

const PREVIEW = `
  inviter { name country mpnId kinds } provider { name country mpnId } includesDelegatedAdmin status expiresAt
  agreementRequired agreementTemplate { templateId url } problems { message }
`;

export const LOOK = `query Invitation($token: String!) {
  viewer { name customer { companyName } }
  relationshipRequestPreview(token: $token) { ${PREVIEW} }
}`;

export const ACCEPT = `mutation Accept($input: RelationshipRequestAcceptInput!) {
  relationshipRequestAccept(input: $input) { userErrors { message } }
}`;

export const DECLINE = `mutation Decline($input: RelationshipRequestDeclineInput!) {
  relationshipRequestDecline(input: $input) { userErrors { message } }
}`;

export const LOOK_AT_PARTNERSHIP = `query Invitation($token: String!) {
  viewer { name partner { name } }
  partnershipPreview(token: $token) { provider { name country mpnId } status expiresAt problems { message } }
}`;

export const ACCEPT_PARTNERSHIP = `mutation Accept($input: PartnershipAcceptInput!) {
  partnershipAccept(input: $input) { userErrors { message } }
}`;

export const DECLINE_PARTNERSHIP = `mutation Decline($input: PartnershipDeclineInput!) {
  partnershipDecline(input: $input) { userErrors { message } }
}`;
