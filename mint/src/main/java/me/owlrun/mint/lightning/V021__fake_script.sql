-- What look-ups of the play-money backend say until a payment settles.
ALTER TABLE fake_payment ADD COLUMN unsettled_state text NOT NULL DEFAULT 'PENDING';
