/** The product's mark: a raised hand. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="9" fill="var(--hr-brand)" />
      <path
        d="M11 24v-9.5a1.7 1.7 0 0 1 3.4 0V9.2a1.7 1.7 0 0 1 3.4 0v5.3a1.7 1.7 0 0 1 3.4 0V19c0 3.6-2 5.8-5.2 5.8"
        fill="none"
        stroke="var(--hr-on-brand)"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
