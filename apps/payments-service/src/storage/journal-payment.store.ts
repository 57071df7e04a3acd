/** Keeps payments in a journal, a line each, for one process: enough for a sample, and a crash loses nothing. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Payer, type Payment, type PaymentOrder } from '../payment/payment.js';
import {
  paymentRepresentationSchema,
  representPayment,
  restorePayment,
} from '../payment/payment.representation.js';
import { PaymentConflictError, PaymentStore } from '../payment/payment.store.js';

export class JournalPaymentStore extends PaymentStore {
  readonly #payments: Map<string, Payment>;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    /** Up to where the journal holds whole lines, in bytes. */
    private end: number,
    payments: readonly Payment[],
  ) {
    super();
    this.#payments = new Map(payments.map((payment) => [keyOf(payment, payment.orderId), payment]));
  }

  /**
   * Reads the journal, or begins one.
   * @throws Error where it holds anything but payments; it is left as it is
   */
  static async open(path: string): Promise<JournalPaymentStore> {
    await mkdir(dirname(path), { recursive: true });
    const file = await openOrCreate(path);
    try {
      const content = await file.readFile();
      // A crash may have cut the last line off, and nobody was told of that payment.
      const end = content.lastIndexOf(0x0a) + 1;
      return new JournalPaymentStore(file, end, parse(path, content.toString('utf8', 0, end)));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async find(payer: Payer, orderId: string): Promise<Payment | null> {
    return this.#payments.get(keyOf(payer, orderId)) ?? null;
  }

  async listOfSubject(payer: Pick<Payer, 'issuer' | 'subject'>): Promise<readonly Payment[]> {
    return [...this.#payments.values()].filter(
      ({ issuer, subject }) => issuer === payer.issuer && subject === payer.subject,
    );
  }

  async listOfClient(client: Pick<Payer, 'issuer' | 'clientId'>): Promise<readonly Payment[]> {
    return [...this.#payments.values()].filter(
      ({ issuer, clientId }) => issuer === client.issuer && clientId === client.clientId,
    );
  }

  pay(payer: Payer, order: PaymentOrder): Promise<Payment> {
    // Payments wait for each other, so that an order is found paid by whoever comes second.
    const payment = this.#tail.then(async () => {
      const key = keyOf(payer, order.orderId);
      const known = this.#payments.get(key);
      if (known !== undefined) return sameAmount(known, order);
      const made: Payment = { ...order, ...payer, id: randomUUID(), paidAt: new Date() };
      await this.#append(`${JSON.stringify(representPayment(made))}\n`);
      this.#payments.set(key, made);
      return made;
    });
    this.#tail = payment.catch(() => undefined);
    return payment;
  }

  /** Waits for what is under way, so that a shutdown never cuts it off. */
  async onApplicationShutdown(): Promise<void> {
    await this.#tail;
    await this.file.close();
  }

  async #append(line: string): Promise<void> {
    const bytes = Buffer.from(line);
    // By position: what a failed write left behind is written over.
    await this.file.write(bytes, 0, bytes.length, this.end);
    await this.file.truncate(this.end + bytes.length);
    await this.file.datasync();
    this.end += bytes.length;
  }
}

function keyOf({ issuer, subject, clientId }: Payer, orderId: string): string {
  return JSON.stringify([issuer, subject, clientId, orderId]);
}

/** @throws PaymentConflictError */
function sameAmount(payment: Payment, { currency, amountMinor }: PaymentOrder): Payment {
  if (payment.currency === currency && payment.amountMinor === amountMinor) return payment;
  throw new PaymentConflictError();
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return open(path, 'wx+', 0o600);
  }
}

function parse(path: string, content: string): Payment[] {
  try {
    return content
      .split('\n')
      .filter(Boolean)
      .map((line) => restorePayment(paymentRepresentationSchema.parse(JSON.parse(line))));
  } catch (error) {
    throw new Error(`${path} does not hold payments: repair it, or move it away`, { cause: error });
  }
}
