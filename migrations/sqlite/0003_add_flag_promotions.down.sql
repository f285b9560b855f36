-- The older build knows the defaults and the variables alone. The journal still says who promoted what.

DROP TABLE console_flag_promotions;
