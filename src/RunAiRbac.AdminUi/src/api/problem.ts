interface ProblemDocument {
  status: number;
  title?: string;
  detail?: string;
  details?: string;
  errorCode?: string;
  traceId?: string;
}

/** A refusal of the service (RFC 9457), with its sentence and trace id. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  /** The stable code, such as `would_escalate`. */
  readonly code: string;
  /** The field that is wrong, if one is. */
  readonly field?: string;
  readonly traceId?: string;

  constructor(document: ProblemDocument) {
    super(document.detail ?? document.title ?? `The service answered ${document.status}.`);
    this.status = document.status;
    this.title = document.title ?? 'Something went wrong';
    this.code = document.errorCode ?? '';
    this.field = document.details;
    this.traceId = document.traceId;
  }

  static async read(response: Response): Promise<Problem> {
    const text = await response.text();
    try {
      return new Problem({ ...(JSON.parse(text) as ProblemDocument), status: response.status });
    } catch {
      // Not from the service itself: a proxy's page, for example.
      return new Problem({ status: response.status });
    }
  }
}
