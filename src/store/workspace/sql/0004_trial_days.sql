-- What a trial was off by on each day of the validation part, so that trials can be held against each other day by day.
ALTER TABLE trials ADD COLUMN by_day TEXT CHECK (by_day IS NULL OR json_valid(by_day)); -- sums of |error| in minutes
