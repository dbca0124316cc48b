/** Texts of the launcher on the customer's page; kept apart so that the loader carries only these. */
export const LAUNCHER_TEXTS = {
  en: { chat: 'Chat', open: 'Open chat', close: 'Close chat', unread: 'unread', down: 'The chat cannot be reached right now.' },
  de: {
    chat: 'Chat',
    open: 'Chat öffnen',
    close: 'Chat schließen',
    unread: 'ungelesen',
    down: 'Der Chat ist gerade nicht erreichbar.',
  },
  fr: {
    chat: 'Chat',
    open: 'Ouvrir le chat',
    close: 'Fermer le chat',
    unread: 'non lus',
    down: 'Le chat est injoignable pour le moment.',
  },
  es: { chat: 'Chat', open: 'Abrir chat', close: 'Cerrar chat', unread: 'sin leer', down: 'Ahora no se puede acceder al chat.' },
  ar: { chat: 'المحادثة', open: 'فتح المحادثة', close: 'إغلاق المحادثة', unread: 'غير مقروءة', down: 'لا يمكن الوصول إلى المحادثة حاليًا.' },
};
