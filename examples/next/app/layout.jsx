import { KeepSession } from './keep-session.jsx';

export const metadata = { title: 'Notes' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        {children}
        <KeepSession />
      </body>
    </html>
  );
}
