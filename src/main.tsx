import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Start } from './app/Start';
import { applyStoredTheme } from './app/theme';

applyStoredTheme();
const root = document.getElementById('app');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Start />
    </StrictMode>,
  );
}
