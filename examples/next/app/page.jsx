import { notesOf } from '../lib/notes.js';
import { currentUser } from '../lib/session.js';
import { write } from './actions.js';
import { SignIn } from './sign-in.jsx';
import { SignOut } from './sign-out.jsx';

export default async function Page() {
  const user = await currentUser();
  if (user === undefined) return <SignIn />;
  return (
    <main>
      <p>
        Signed in as <output>{user.subject}</output>
      </p>
      <ul>
        {notesOf(user.subject).map((note, index) => (
          <li key={index}>{note}</li>
        ))}
      </ul>
      <form action={write}>
        <label>
          Note <input name="note" required maxLength={200} />
        </label>
        <button>Write</button>
      </form>
      <SignOut />
    </main>
  );
}
