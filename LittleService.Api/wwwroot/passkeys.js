// Passkeys: gets a challenge from the server, has the browser sign it, and sends that in the form's hidden field.
const supported = window.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;
let pending;

const challenge = async form => {
  const response = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form) });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body;
};

const sign = async (form, mediation) => {
  pending?.abort();
  pending = new AbortController();
  const { signal } = pending;
  const options = await challenge(form);
  const credential = options.user
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options), signal })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), mediation, signal });
  form.elements.Credential.value = JSON.stringify(credential);
  form.submit();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const message = form.querySelector("[role=alert]");
  form.hidden = !supported;
  form.addEventListener("submit", event => {
    event.preventDefault();
    message.hidden = true;
    sign(form).catch(error => {
      message.textContent = error.name === "NotAllowedError" ? "No passkey was used. Try again, or use another way." : error.message;
      message.hidden = false;
    });
  });
  // The browser offers passkeys where the name is typed, without asking by itself.
  if (supported && form.dataset.autofill !== undefined && await PublicKeyCredential.isConditionalMediationAvailable?.())
    sign(form, "conditional").catch(() => {});
}
