// Moves the progress bar of an import while it runs. Without this script the page offers a link that shows it anew.
const view = document.getElementById("import");
if (view.dataset.events) {
  const events = new EventSource(view.dataset.events);
  events.addEventListener("progress", message => {
    const seen = JSON.parse(message.data);
    view.querySelector("progress").value = seen.progress;
    view.querySelector("[data-state]").textContent = seen.state;
    view.querySelector("[data-added]").textContent = seen.rowsAdded;
    view.querySelector("[data-refused]").textContent = seen.rowsRefused;
    if (seen.finishedAt) {
      events.close();
      location.reload();
    }
  });
}
