// The QR encoder; the decoder (camera) is a later, separate bundle.
export { encodeQR } from 'qr';
