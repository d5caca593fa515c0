-- How sure the error of a trial is: the ends of its 95 % interval, minutes. Not known of trials that were kept before, nor
-- where the validation part is one day.
ALTER TABLE trials ADD COLUMN mae_low REAL;
ALTER TABLE trials ADD COLUMN mae_high REAL;
