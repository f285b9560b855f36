-- The older build takes a promotion of any flag.

ALTER TABLE console_flag_promotions DROP CONSTRAINT console_flag_promotions_flag_fkey;
DROP TABLE console_flags;
