// Runs before the first paint, so that a chosen appearance does not flash up after the system's.
try {
  document.documentElement.dataset.theme =
    JSON.parse(localStorage.getItem('parlour.preferences') ?? '{}').theme ?? 'system';
} catch {
  document.documentElement.dataset.theme = 'system';
}
