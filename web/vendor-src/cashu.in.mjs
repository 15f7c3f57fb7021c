// What the purse uses of the Cashu protocol library and of BIP39, as one bundle.
// Only web/site/js/wallet/cashu.js may import the result.
export {
  Keyset,
  Mint,
  MintOperationError,
  OutputData,
  getDecodedToken,
  getEncodedToken,
  getTokenMetadata,
  hashToCurve,
} from '@cashu/cashu-ts';
export { generateMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39';
export { wordlist } from '@scure/bip39/wordlists/english.js';
