import {
  account,
  cancelHold,
  changeEmail,
  changePassword,
  confirmTotp,
  deleteAccount,
  newCodes,
  removePasskey,
  startTotp,
  stopTotp,
} from "#web/loaders/settings.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(account);
export const actions = {
  email: action(changeEmail),
  password: action(changePassword),
  delete: action(deleteAccount),
  totp: action(startTotp),
  totp_confirm: action(confirmTotp),
  totp_stop: action(stopTotp),
  codes: action(newCodes),
  passkey_remove: action(removePasskey),
  hold_cancel: action(cancelHold),
};
