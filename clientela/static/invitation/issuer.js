/** Sign-in by an OpenID Connect issuer: authorization code with PKCE, as public clients do it. */

const KEPT = "clientela:invitation";
const redirectUri = () => location.origin + location.pathname;

const text = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const random = () => text(crypto.getRandomValues(new Uint8Array(32)));

/** Goes to the issuer. What is needed on return stays in this tab: the link's token and two secrets of this sign-in. */
export async function goToIssuer(issuer, token) {
  const [state, verifier] = [random(), random()];
  sessionStorage.setItem(KEPT, JSON.stringify({ state, verifier, token, issuer }));
  const challenge = text(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const url = new URL(issuer.authorizationUrl);
  for (const [name, value] of Object.entries({
    response_type: "code",
    client_id: issuer.clientId,
    redirect_uri: redirectUri(),
    scope: issuer.scope,
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  })) {
    url.searchParams.set(name, value);
  }
  location.assign(url);
}

/** Back from the issuer: the link's token is in the address again. Gives back a bearer; null where nobody comes back. */
export async function comeBack() {
  const answer = new URLSearchParams(location.search);
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!answer.has("state") || kept === null) {
    return null;
  }
  sessionStorage.removeItem(KEPT);
  history.replaceState(null, "", `${location.pathname}?${new URLSearchParams({ token: kept.token })}`);
  // A stranger's answer would sign the visitor in as that stranger.
  if (answer.get("state") !== kept.state || !answer.has("code")) {
    throw new Error(`You were not signed in: ${answer.get("error_description") ?? answer.get("error") ?? "try again"}.`);
  }
  const response = await fetch(kept.issuer.tokenUrl, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: kept.issuer.clientId,
      redirect_uri: redirectUri(),
      code: answer.get("code"),
      code_verifier: kept.verifier,
    }),
  });
  const { access_token: bearer, error_description: problem, error } = await response.json();
  if (!bearer) {
    throw new Error(`You were not signed in: ${problem ?? error ?? response.status}.`);
  }
  return bearer;
}
