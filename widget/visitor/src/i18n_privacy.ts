/** What the window says about the visitor's data, in each language; a part of the texts in i18n.ts. */

const en = {
  forget: 'Forget me',
  forget_ask:
    'Everything written in this chat, and everything noted from it, is deleted for good, for our team as well. A new, empty chat begins.',
  forget_do: 'Delete everything',
  forgetting: 'Your chat is being deleted…',
  forget_waiting: 'Your chat is deleted as soon as there is a connection. You can close this window: it happens when you are back.',
  forgotten: 'Your earlier chat has been deleted for good (messages: {messages}, noted answers: {answers}). Reference: {reference}',
  forget_failed: 'Your chat could not be deleted here. Please ask us another way.',
  withdraw: 'Take back consent',
  withdraw_ask: 'Your name and contact details are deleted here, and nobody writes to you. The chat stays.',
  withdraw_do: 'Take back',
  withdrawn: 'Done. Your name and contact details have been deleted here.',
  withdrawn_nothing: 'You have not agreed to anything here, so there is nothing to take back.',
  withdraw_failed: 'That did not work. Please try again.',
  close_menu: 'Close',
};

type PrivacyTexts = typeof en;

const de: PrivacyTexts = {
  forget: 'Alles löschen',
  forget_ask:
    'Alles, was in diesem Chat geschrieben und daraus notiert wurde, wird endgültig gelöscht, auch für unser Team. Ein neuer, leerer Chat beginnt.',
  forget_do: 'Endgültig löschen',
  forgetting: 'Ihr Chat wird gelöscht…',
  forget_waiting:
    'Ihr Chat wird gelöscht, sobald die Verbindung wieder da ist. Sie können das Fenster schließen: Es geschieht, wenn Sie wieder da sind.',
  forgotten: 'Ihr voriger Chat ist endgültig gelöscht (Nachrichten: {messages}, notierte Antworten: {answers}). Vorgang: {reference}',
  forget_failed: 'Ihr Chat konnte hier nicht gelöscht werden. Bitte wenden Sie sich auf anderem Weg an uns.',
  withdraw: 'Einwilligung widerrufen',
  withdraw_ask: 'Ihr Name und Ihre Kontaktdaten werden hier gelöscht, und niemand schreibt Ihnen. Der Chat bleibt.',
  withdraw_do: 'Widerrufen',
  withdrawn: 'Erledigt. Ihr Name und Ihre Kontaktdaten sind hier gelöscht.',
  withdrawn_nothing: 'Sie haben hier in nichts eingewilligt, es gibt also nichts zu widerrufen.',
  withdraw_failed: 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.',
  close_menu: 'Schließen',
};

const fr: PrivacyTexts = {
  forget: 'M’oublier',
  forget_ask:
    'Tout ce qui a été écrit dans cette conversation et noté à partir d’elle est supprimé définitivement, y compris pour notre équipe. Une nouvelle conversation vide commence.',
  forget_do: 'Tout supprimer',
  forgetting: 'Votre conversation est en cours de suppression…',
  forget_waiting:
    'Votre conversation sera supprimée dès que la connexion sera rétablie. Vous pouvez fermer cette fenêtre : cela se fera à votre retour.',
  forgotten:
    'Votre conversation précédente a été supprimée définitivement (messages : {messages}, réponses notées : {answers}). Référence : {reference}',
  forget_failed: 'Votre conversation n’a pas pu être supprimée ici. Merci de nous contacter autrement.',
  withdraw: 'Retirer mon accord',
  withdraw_ask: 'Votre nom et vos coordonnées sont supprimés ici, et personne ne vous écrira. La conversation reste.',
  withdraw_do: 'Retirer',
  withdrawn: 'C’est fait. Votre nom et vos coordonnées ont été supprimés ici.',
  withdrawn_nothing: 'Vous n’avez rien accepté ici, il n’y a donc rien à retirer.',
  withdraw_failed: 'Cela n’a pas fonctionné. Merci de réessayer.',
  close_menu: 'Fermer',
};

const es: PrivacyTexts = {
  forget: 'Olvidarme',
  forget_ask:
    'Todo lo escrito en este chat y lo anotado a partir de él se borra para siempre, también para nuestro equipo. Empieza un chat nuevo y vacío.',
  forget_do: 'Borrar todo',
  forgetting: 'Se está borrando su chat…',
  forget_waiting: 'Su chat se borrará en cuanto haya conexión. Puede cerrar esta ventana: ocurrirá cuando vuelva.',
  forgotten: 'Su chat anterior se ha borrado para siempre (mensajes: {messages}, respuestas anotadas: {answers}). Referencia: {reference}',
  forget_failed: 'No se ha podido borrar su chat aquí. Pídanoslo por otra vía, por favor.',
  withdraw: 'Retirar el consentimiento',
  withdraw_ask: 'Su nombre y sus datos de contacto se borran aquí y nadie le escribirá. El chat se queda.',
  withdraw_do: 'Retirar',
  withdrawn: 'Hecho. Su nombre y sus datos de contacto se han borrado aquí.',
  withdrawn_nothing: 'Aquí no ha consentido nada, así que no hay nada que retirar.',
  withdraw_failed: 'No ha funcionado. Inténtelo de nuevo, por favor.',
  close_menu: 'Cerrar',
};

const ar: PrivacyTexts = {
  forget: 'انسَ بياناتي',
  forget_ask: 'يُحذف نهائيًا كل ما كُتب في هذه المحادثة وكل ما سُجّل منها، لدى فريقنا أيضًا. وتبدأ محادثة جديدة فارغة.',
  forget_do: 'حذف كل شيء',
  forgetting: 'يجري حذف محادثتك…',
  forget_waiting: 'ستُحذف محادثتك فور عودة الاتصال. يمكنك إغلاق هذه النافذة، وسيتم الحذف عند عودتك.',
  forgotten: 'حُذفت محادثتك السابقة نهائيًا (الرسائل: {messages}، الإجابات المسجّلة: {answers}). المرجع: {reference}',
  forget_failed: 'تعذّر حذف محادثتك هنا. يُرجى التواصل معنا بطريقة أخرى.',
  withdraw: 'سحب الموافقة',
  withdraw_ask: 'يُحذف اسمك وبيانات الاتصال بك هنا، ولن يكتب إليك أحد. وتبقى المحادثة.',
  withdraw_do: 'سحب',
  withdrawn: 'تم. حُذف اسمك وبيانات الاتصال بك هنا.',
  withdrawn_nothing: 'لم توافق على شيء هنا، فلا شيء يُسحب.',
  withdraw_failed: 'لم ينجح ذلك. يُرجى المحاولة مرة أخرى.',
  close_menu: 'إغلاق',
};

export const PRIVACY = { en, de, fr, es, ar };
