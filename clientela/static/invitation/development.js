/** Development mode: anybody of the demo world, by name. */

/** Fills the list of people of one kind that fit what was typed. */
export function suggestPeople(input, list, kind) {
  input.addEventListener("input", async () => {
    const typed = input.value;
    const response = await fetch(`/development/people?${new URLSearchParams({ search: typed })}`);
    if (response.ok && input.value === typed) {
      const { people } = await response.json();
      list.replaceChildren(
        ...people
          .filter((person) => person.kind === kind)
          .map(({ name, title, organisation }) => {
            const option = document.createElement("option");
            option.value = name;
            option.label = `${title}, ${organisation}`;
            return option;
          }),
      );
    }
  });
}

/** A bearer for a person. */
export async function bearerFor(name) {
  const response = await fetch("/development/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as: name }),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer.token;
}
