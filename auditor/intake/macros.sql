-- How one written value is read; every macro gives NULL for what it cannot read.

-- text without the blanks around it, no-break spaces and line breaks included; nothing left is NULL.
-- Most cells begin and end with a visible ASCII character, and are spared the slow trim.
CREATE OR REPLACE MACRO written(x) AS
    CASE WHEN ord(x) BETWEEN 33 AND 126 AND ord(right(x, 1)) BETWEEN 33 AND 126 THEN x
         ELSE nullif(trim(x, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '') END;

-- the same for codes and words, of which a column holds few: no CASE, so that the engine works out each distinct value once
CREATE OR REPLACE MACRO written_word(x) AS nullif(trim(x, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '');

-- a code as coding systems list it: upper case, no blanks, and no ".00" that a spreadsheet added
CREATE OR REPLACE MACRO plain_code(x) AS regexp_replace(replace(upper(x), ' ', ''), '\.0+$', '');

-- an ICD code: here ".0" is part of the code, so only the dot goes
CREATE OR REPLACE MACRO undotted_code(x) AS replace(replace(upper(x), '.', ''), ' ', '');

-- a revenue code: four digits
CREATE OR REPLACE MACRO revenue_code(x) AS
    CASE WHEN length(plain_code(x)) < 4 AND regexp_full_match(plain_code(x), '\d+')
         THEN lpad(plain_code(x), 4, '0') ELSE plain_code(x) END;

-- a claim's frequency: the last sign of a whole type of bill, or what follows a leading zero
CREATE OR REPLACE MACRO frequency_code(x) AS
    CASE WHEN regexp_full_match(plain_code(x), '0[0-9A-Z]|0?[0-9]{2}[0-9A-Z]') THEN right(plain_code(x), 1) ELSE plain_code(x) END;

-- what stands between the qualifier of a drug code and its unit and quantity: N464693000201 UN1
CREATE OR REPLACE MACRO bare_drug_code(x) AS
    CASE WHEN regexp_full_match(x, '(N4)?(\d{10,11}|\d{4,5}-\d{3,4}-\d{1,2})([A-Z].*)?') THEN regexp_extract(x, '^(N4)?([0-9-]+)', 2) ELSE x END;

-- a national drug code: a hyphenated form becomes eleven digits, 5-4-2; ten digits without hyphens stay, and value sets know them
CREATE OR REPLACE MACRO drug_code(x) AS
    CASE WHEN regexp_full_match(bare_drug_code(plain_code(x)), '\d{4,5}-\d{3,4}-\d{1,2}')
         THEN lpad(split_part(bare_drug_code(plain_code(x)), '-', 1), 5, '0') || lpad(split_part(bare_drug_code(plain_code(x)), '-', 2), 4, '0')
              || lpad(split_part(bare_drug_code(plain_code(x)), '-', 3), 2, '0')
         ELSE bare_drug_code(plain_code(x)) END;

-- a word of a list: lower case, one underscore for any run of blanks and hyphens
CREATE OR REPLACE MACRO snake_word(x) AS
    replace(replace(replace(replace(replace(lower(x), chr(9), '_'), ' ', '_'), '-', '_'), '___', '_'), '__', '_');

-- the letters and digits of a name, for names written in many ways
CREATE OR REPLACE MACRO bare_name(x) AS regexp_replace(lower(x), '[\s._-]', '', 'g');

-- a finite number
CREATE OR REPLACE MACRO finite(x) AS CASE WHEN isfinite(TRY_CAST(x AS DOUBLE)) THEN TRY_CAST(x AS DOUBLE) END;

-- a finite number as people write it: 2  0.5  1e3
CREATE OR REPLACE MACRO finite_number(x) AS CASE WHEN NOT contains(x, '_') THEN finite(x) END;

-- a whole number; a fraction is not rounded
CREATE OR REPLACE MACRO whole_number(x) AS
    CASE WHEN finite(x) = floor(finite(x)) THEN TRY_CAST(finite(x) AS BIGINT) END;

-- cents of an amount as people write it: 1,234.50  $12  (12.00)  -3.5; a fraction of a cent is not money
CREATE OR REPLACE MACRO cents_of_text(x) AS
    CASE WHEN regexp_full_match(x, '(\(\$?|-?\$?-?)(\d+|\d{1,3}(,\d{3})+)?(\.\d{0,2}0*)?\)?')
              AND starts_with(x, '(') = ends_with(x, ')')
         THEN CAST(TRY_CAST(translate(x, '$,()', '') AS DECIMAL(15, 2)) * 100 AS BIGINT)
              * CASE WHEN starts_with(x, '(') THEN -1 ELSE 1 END END;

-- cents of a binary number, which cannot hold most cents exactly: whole to a ten-thousandth of a cent
CREATE OR REPLACE MACRO cents_of_float(x) AS
    CASE WHEN abs(x) < 1e13 AND abs(x * 100 - round(x * 100)) < 1e-4 THEN CAST(round(x * 100) AS BIGINT) END;

-- cents of an exact number
CREATE OR REPLACE MACRO cents_of_exact(x) AS
    CASE WHEN TRY_CAST(x AS DECIMAL(15, 2)) = x THEN CAST(TRY_CAST(x AS DECIMAL(15, 2)) * 100 AS BIGINT) END;

-- the clock on the wall as written, midnight where no clock time is; an offset is kept out of it
CREATE OR REPLACE MACRO wall_clock(x) AS
    CASE WHEN x LIKE '____-__-__' THEN TRY_CAST(x AS TIMESTAMP)
         WHEN regexp_full_match(x, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?') THEN TRY_CAST(x AS TIMESTAMP)
         WHEN regexp_full_match(x, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z| UTC|[+-]\d{2}(:?\d{2})?)')
         THEN TRY_CAST(regexp_extract(x, '^.{11}[0-9:.]+') AS TIMESTAMP)
         WHEN regexp_full_match(x, '\d{8}') THEN try_strptime(x, '%Y%m%d') END;

-- the instant of a clock time with an offset or in UTC; not every engine reads one without seconds
CREATE OR REPLACE MACRO instant_of(x) AS
    TRY_CAST(CASE WHEN substr(x, 17, 1) = ':' THEN x ELSE left(x, 16) || ':00' || substr(x, 17) END AS TIMESTAMPTZ);

-- how a readable time is written: 0 a day, 1 a local clock time, 2 one with an offset, 3 one in UTC
CREATE OR REPLACE MACRO clock_kind(x) AS
    CASE WHEN NOT contains(x, ':') AND NOT regexp_full_match(x, '\d{10,}') THEN 0
         WHEN NOT contains(substr(x, 11), '-') AND NOT contains(x, '+') AND NOT contains(x, 'Z') AND NOT contains(x, 'UTC') THEN 1
         WHEN regexp_matches(x, '^\d{4}-.*(Z| UTC|[+-]00(:?00)?)$') THEN 3
         WHEN regexp_matches(x, '^\d{4}-.*:[0-9.]+[+-]\d{2}(:?\d{2})?$') THEN 2
         ELSE 1 END;

-- whether a local clock time is exactly midnight
CREATE OR REPLACE MACRO written_midnight(x) AS regexp_matches(x, '[T ]0?0:00(:00(\.0+)?)?$');

-- the first and the last day that YYYY-MM or YYYY can mean
CREATE OR REPLACE MACRO first_day(x) AS
    CASE WHEN x LIKE '____-__' THEN TRY_CAST(x || '-01' AS DATE)
         WHEN regexp_full_match(x, '\d{4}') THEN TRY_CAST(x || '-01-01' AS DATE) END;
CREATE OR REPLACE MACRO final_day(x) AS
    CASE WHEN length(x) = 7 THEN last_day(first_day(x)) ELSE TRY_CAST(x || '-12-31' AS DATE) END;

-- whether a date that could not be read gives its year in two digits
CREATE OR REPLACE MACRO two_digit_year(x) AS
    regexp_matches(x, '^\d{1,2}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2}(\D.*)?$');
