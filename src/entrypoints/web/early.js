// Runs before the first paint, so that the chosen theme is applied without a flash of another one.
try {
  document.documentElement.dataset.theme =
    JSON.parse(localStorage.getItem('parlour.preferences') ?? '{}').theme ?? 'system';
} catch {
  document.documentElement.dataset.theme = 'system';
}
