// A file that the switch makes is saved: fetched with the token, and handed to the browser.

export async function save(session, path, name) {
  const answer = await session.request("GET", path);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
