-- What each remittance pays for: payments, the claim lines they match, and each line's share. Nothing is matched by guess.

CREATE OR REPLACE MACRO filled(x) AS nullif(x, '');
CREATE OR REPLACE MACRO as_cents(x) AS
    CASE WHEN regexp_full_match(x, '[+-]?(\d{1,13}(\.\d{0,2}0*)?|\.\d{1,2}0*)') THEN CAST(CAST(x AS DECIMAL(18, 2)) * 100 AS BIGINT) END;
CREATE OR REPLACE MACRO as_date(x) AS TRY_CAST(x AS DATE);
CREATE OR REPLACE MACRO revenue_of(x) AS filled(CASE WHEN length(regexp_replace(x, '\.0*$', '')) BETWEEN 1 AND 3 THEN lpad(regexp_replace(x, '\.0*$', ''), 4, '0') ELSE regexp_replace(x, '\.0*$', '') END);
CREATE OR REPLACE MACRO bare_id(x) AS filled(regexp_replace(upper(x), '[^0-9A-Z]', '', 'g'));
-- a claim that is taken back takes money back, though some payers write it without its minus
CREATE OR REPLACE MACRO taken_back(cents, said) AS CASE WHEN said > 0 THEN -cents ELSE cents END;
CREATE OR REPLACE MACRO of_file(filename) AS CAST(regexp_extract(filename, '(\d+)\.parquet$', 1) AS BIGINT);
CREATE OR REPLACE MACRO key_of(file, segment) AS file * 1000000000000 + segment;

-- A claim of a remittance that comes again, in another transaction, with all its marks, is a copy; within one it is another claim.
CREATE OR REPLACE TABLE remits AS
WITH named AS (
    SELECT of_file(filename) AS file, * EXCLUDE (filename) FROM read_parquet(getvariable('remits'), filename = true)),
numbered AS (
    SELECT *, row_number() OVER (
        PARTITION BY file, set_row, trace, claim_id, payer_number, status, charge, paid, paid_date ORDER BY remit_row) AS alike FROM named)
SELECT key_of(file, remit_row) AS remit_key, file, remit_row, filled(claim_id) AS claim_id, status, as_cents(charge) AS charge_cents,
    CASE WHEN status = 'reversed' THEN taken_back(as_cents(paid), as_cents(paid)) ELSE as_cents(paid) END AS paid_cents, charge, paid, filled(filing) AS filing, filled(payer_number) AS payer_number, filled(frequency) AS frequency, filled(drg) AS drg,
    coalesce(filled(patient_id), filled(insured_id)) AS patient_id, filled(insured_id) AS insured_id, as_date(first_day) AS first_day, as_date(last_day) AS last_day, filled(received_date) AS received_date,
    as_date(paid_date) AS paid_date, adjusted, services,
    trace <> '|' AND trace <> '' AND row_number() OVER (
        PARTITION BY trace, claim_id, payer_number, status, charge, paid, paid_date, alike ORDER BY file, remit_row) > 1 AS twice
FROM numbered;

-- One row a service, or a claim that was paid without naming its services.
CREATE OR REPLACE TABLE payments AS
SELECT key_of(found.file, source_row) AS payment_key, key_of(found.file, found.remit_row) AS remit_key, found.file, source_row, true AS is_service,
    filled(found.service) AS service, filled(modifiers) AS modifiers, revenue_of(revenue) AS revenue, found.charge, found.paid,
    as_cents(found.charge) AS charge_cents,
    CASE WHEN remits.status = 'reversed' THEN taken_back(as_cents(found.paid), sum(as_cents(found.paid)) OVER (PARTITION BY remits.remit_key))
         ELSE as_cents(found.paid) END AS paid_cents,
    coalesce(as_date(found.first_day), remits.first_day) AS first_day,
    coalesce(as_date(found.last_day), as_date(found.first_day), remits.last_day, remits.first_day) AS last_day,
    filled(found.first_day) IS NOT NULL AS is_dated, filled(control) AS control, filled(original_service) AS original_service,
    as_cents(allowed) AS allowed_cents,
    CASE WHEN remits.status = 'reversed' THEN -abs(responsibility_cents) ELSE responsibility_cents END AS responsibility_cents, others
FROM (SELECT of_file(filename) AS file, * EXCLUDE (filename) FROM read_parquet(getvariable('services'), filename = true)) AS found
JOIN remits ON remits.remit_key = key_of(found.file, found.remit_row)
UNION ALL
SELECT remit_key, remit_key, file, remit_row, false, NULL, NULL, NULL, charge, paid, charge_cents, paid_cents, first_day, coalesce(last_day, first_day),
    false, NULL, NULL, NULL, NULL, false
FROM remits WHERE services = 0;

CREATE OR REPLACE TABLE billed AS
SELECT key_of(file, source_row) AS line_key, key_of(file, claim_key) AS version, claim_id, filled(member_id) AS member_id,
    filled(subscriber_id) AS subscriber_id, coalesce(filled(frequency_code), '1') AS frequency, filled(original_claim_id) AS original,
    as_cents(claim_charge) AS total, as_date(sent_date) AS sent, filled(claim_line_number) AS number, filled(line_control) AS control,
    filled(hcpcs_code) AS service, concat_ws(':', filled(hcpcs_modifier_1), filled(hcpcs_modifier_2), filled(hcpcs_modifier_3), filled(hcpcs_modifier_4)) AS modifiers,
    revenue_of(revenue_center_code) AS revenue, as_cents(charge_amount) AS charge_cents,
    coalesce(as_date(first_day), as_date(statement_first)) AS first_day,
    coalesce(as_date(last_day), as_date(first_day), as_date(statement_last)) AS last_day
FROM (SELECT of_file(filename) AS file, * EXCLUDE (filename) FROM read_parquet(getvariable('lines'), filename = true))
WHERE fault IS NULL AND claim_id IN (SELECT claim_id FROM remits);

-- A number that very many claims share is no claim's own: of such, only the patient's can be meant.
CREATE OR REPLACE TABLE crowded AS
SELECT claim_id FROM (SELECT DISTINCT claim_id, version FROM billed) GROUP BY claim_id HAVING count(*) > 100;

-- What speaks for and against each line a payment could be for: first whose claim and which version, then which line of it.
CREATE OR REPLACE TABLE pairs AS
WITH payer_numbers AS (SELECT claim_id, list(DISTINCT payer_number) AS numbers FROM remits WHERE payer_number IS NOT NULL GROUP BY claim_id),
replaced AS (
    SELECT DISTINCT claim_id, member_id, original AS number FROM billed JOIN payer_numbers USING (claim_id) WHERE list_contains(numbers, original)),
compared AS (
    SELECT payment_key, line_key, version, is_service,
        coalesce(bare_id(remits.patient_id) IN (bare_id(billed.member_id), bare_id(billed.subscriber_id)), false) AS same_patient,
        coalesce(billed.member_id, billed.subscriber_id) IS NOT NULL AND coalesce(remits.patient_id, remits.insured_id) IS NOT NULL AND NOT same_patient
            AND (bare_id(remits.insured_id) IN (bare_id(billed.member_id), bare_id(billed.subscriber_id))) IS NOT TRUE AS other_patient,
        (billed.original = remits.payer_number) IS NOT TRUE AS not_replacing,
        NOT (billed.original IS NULL AND remits.payer_number IS NOT NULL AND EXISTS (
            SELECT 1 FROM replaced WHERE replaced.claim_id = billed.claim_id AND replaced.member_id = billed.member_id
            AND replaced.number <> remits.payer_number)) AS not_replaced,
        (billed.frequency = remits.frequency) IS TRUE AS same_frequency,
        (billed.sent > remits.paid_date) IS NOT TRUE AS sent_before,
        (billed.total = abs(remits.charge_cents)) IS TRUE AS same_total,
        (billed.total <> abs(remits.charge_cents)) IS TRUE AS other_total,
        (payments.control = billed.control) IS TRUE AS same_control,
        billed.control IS NULL AND (payments.control = billed.number) IS TRUE AS same_number,
        coalesce(payments.service = billed.service OR payments.original_service = billed.service,
            payments.service IS NULL AND payments.revenue = billed.revenue, false) AS same_service,
        NOT same_service AND (payments.service IS NOT NULL AND billed.service IS NOT NULL
            OR payments.revenue IS NOT NULL AND billed.revenue IS NOT NULL AND payments.revenue <> billed.revenue) AS other_service,
        CASE WHEN payments.is_dated THEN payments.first_day = billed.first_day AND payments.last_day <= billed.last_day
             ELSE billed.first_day BETWEEN payments.first_day AND payments.last_day OR payments.first_day IS NULL END IS TRUE AS same_day,
        (abs(payments.charge_cents) = abs(billed.charge_cents)) IS TRUE AS same_charge,
        (abs(payments.charge_cents) <> abs(billed.charge_cents)) IS TRUE AS other_charge,
        (coalesce(payments.modifiers, '') = billed.modifiers) IS TRUE AS same_modifiers
    FROM payments
    JOIN (SELECT remits.*, CASE WHEN crowded.claim_id IS NULL THEN '' ELSE coalesce(patient_id, '') END AS whose
          FROM remits LEFT JOIN crowded ON crowded.claim_id = remits.claim_id) AS remits USING (remit_key)
    JOIN (SELECT billed.*, CASE WHEN crowded.claim_id IS NULL THEN '' ELSE coalesce(member_id, '') END AS whose
          FROM billed LEFT JOIN crowded ON crowded.claim_id = billed.claim_id) AS billed USING (claim_id, whose)
    WHERE NOT twice AND remits.status <> 'cut_off')
SELECT *, rank() OVER (PARTITION BY payment_key ORDER BY
    same_patient DESC, not_replacing DESC, not_replaced DESC, same_frequency DESC, sent_before DESC,
    same_control DESC, same_number DESC, same_service DESC, same_day DESC, same_charge DESC, same_modifiers DESC) AS place
FROM compared
-- a number alone proves nothing where the rest of what both sides say denies it: numbers such as 1 are everybody's
WHERE CASE WHEN is_service THEN NOT other_patient AND NOT (other_service AND other_charge)
        AND (same_control OR (same_number AND (same_service OR (same_day AND same_charge))) OR (same_service AND same_day AND same_charge))
    ELSE NOT (other_patient AND other_total) END;

-- Lines alike are paid in their order: the second of two services alike pays the second of two lines alike.
CREATE OR REPLACE TABLE matches AS
WITH turns AS (
    SELECT payment_key, row_number() OVER (
        PARTITION BY remit_key, control, service, modifiers, revenue, first_day, charge_cents ORDER BY payment_key) AS turn FROM payments),
best AS (
    SELECT payment_key, line_key, version, is_service, same_total, turn, count(*) OVER same_claim AS lines,
        row_number() OVER (PARTITION BY payment_key, version ORDER BY line_key) AS line_turn
    FROM pairs JOIN turns USING (payment_key) WHERE place = 1
    WINDOW same_claim AS (PARTITION BY payment_key, version)),
chosen AS (
    SELECT payment_key, best.line_key, best.version, is_service, same_total, hash(member_id, frequency, original, number, service, revenue, first_day, last_day, charge_cents) AS marks
    FROM best JOIN billed USING (line_key) WHERE NOT is_service OR lines = 1 OR line_turn = turn)
-- several versions of a claim fit only if they are copies of one another, or if the payment names the total of just one
SELECT chosen.* EXCLUDE (same_total), claims = 1 OR alike OR by_total = 1 AS is_sure
FROM chosen JOIN (
    SELECT payment_key, count(DISTINCT version) AS claims, bool_and(said = first_said) AS alike, count(*) FILTER (same_total) AS by_total
    FROM (SELECT payment_key, version, same_total, said, first(said) OVER (PARTITION BY payment_key ORDER BY version) AS first_said
          FROM (SELECT payment_key, version, same_total, list_sort(list(marks)) AS said FROM chosen GROUP BY ALL))
    GROUP BY payment_key) USING (payment_key)
WHERE claims = 1 OR alike OR by_total <> 1 OR same_total;

-- What a remittance pays beyond its services, or without naming any, is spread in proportion, to the cent.
CREATE OR REPLACE TABLE spread AS
WITH parts AS (
    SELECT payment_key, NULL::BIGINT AS line_key, remit_key AS whole,
        remits.paid_cents - sum(payments.paid_cents) OVER (PARTITION BY remit_key) AS rest,
        abs(CASE WHEN sum(abs(payments.paid_cents)) OVER (PARTITION BY remit_key) = 0 THEN payments.charge_cents ELSE payments.paid_cents END) AS weight
    FROM payments JOIN remits USING (remit_key) WHERE is_service
    UNION ALL
    SELECT payment_key, line_key, hash(payment_key, version), paid_cents, abs(charge_cents)
    FROM (SELECT payment_key, line_key, matches.version, payments.paid_cents, billed.charge_cents
          FROM matches JOIN payments USING (payment_key) JOIN billed USING (line_key) WHERE NOT matches.is_service AND is_sure)),
weighed AS (
    SELECT *, CASE WHEN sum(weight) OVER (PARTITION BY whole) > 0 THEN weight ELSE 1 END::HUGEINT AS share FROM parts WHERE rest <> 0 AND weight IS NOT NULL),
summed AS (
    SELECT *, sum(share) OVER (PARTITION BY whole) AS shares,
        sum(share) OVER (PARTITION BY whole ORDER BY payment_key, line_key ROWS UNBOUNDED PRECEDING) AS so_far FROM weighed)
SELECT payment_key, line_key, CAST((rest * so_far) // shares - (rest * (so_far - share)) // shares AS BIGINT) AS cents FROM summed;

CREATE OR REPLACE TABLE line_payments AS
SELECT matches.line_key, payment_key, remits.status AS remit_status, paid_date, received_date, drg, filing, payments.paid, is_service AS is_service,
    CASE WHEN is_service THEN payments.paid_cents + coalesce(rest.cents, 0) ELSE coalesce(whole.cents, 0) END AS paid_cents,
    CASE WHEN payments.paid_cents IS NULL THEN payments.paid END AS unreadable,
    CASE WHEN allowed_cents IS NOT NULL THEN CASE WHEN remits.status = 'reversed' THEN -abs(allowed_cents) ELSE allowed_cents END
         WHEN is_service AND NOT others AND NOT adjusted THEN payments.paid_cents + responsibility_cents END AS allowed_cents,
    CASE WHEN remits.status = 'paid' AND is_service AND payments.paid_cents = 0 AND payments.charge_cents <> 0
              AND coalesce(allowed_cents, 0) = 0 AND responsibility_cents = 0 AND drg IS NULL THEN 'denied'
         ELSE remits.status END AS status
FROM (SELECT * EXCLUDE (is_service, version) FROM matches WHERE is_sure) AS matches
JOIN payments USING (payment_key) JOIN remits USING (remit_key)
LEFT JOIN spread AS rest ON rest.payment_key = matches.payment_key AND rest.line_key IS NULL
LEFT JOIN spread AS whole ON whole.payment_key = matches.payment_key AND whole.line_key = matches.line_key;

-- A line's money after everything: what was taken back is summed with what was paid; its status is that of the last word.
CREATE OR REPLACE TABLE line_money AS
WITH ordered AS (
    SELECT *, row_number() OVER (PARTITION BY line_key ORDER BY paid_date NULLS FIRST, payment_key) AS turn FROM line_payments)
SELECT line_key, sum(paid_cents)::BIGINT AS paid_cents, min(unreadable) AS unreadable,
    CASE WHEN count(allowed_cents) = count(*) THEN sum(allowed_cents)::BIGINT END AS allowed_cents,
    CASE WHEN bool_and(status = 'reversed') OR (arg_max(status, turn) = 'reversed' AND sum(paid_cents) = 0) THEN 'reversed'
         ELSE arg_max(status, turn) FILTER (status <> 'reversed') END AS status,
    coalesce(max(paid_date) FILTER (status <> 'reversed'), max(paid_date)) AS paid_date,
    min(received_date) AS received_date, min(filing) AS filing, bool_or(drg IS NOT NULL) AS by_drg
FROM ordered GROUP BY line_key;

CREATE OR REPLACE TABLE payments_aside AS
SELECT payments.*, remits.claim_id, remits.patient_id, remits.paid_date,
    CASE WHEN twice THEN 'twice' WHEN remits.status = 'cut_off' THEN 'cut_off'
         WHEN is_service AND service IS NULL AND revenue IS NULL THEN 'no_service'
         WHEN found.sure IS NULL THEN 'unmatched' WHEN NOT found.sure THEN 'ambiguous' END AS reason
FROM payments JOIN remits USING (remit_key)
LEFT JOIN (SELECT payment_key, bool_and(is_sure) AS sure FROM matches GROUP BY payment_key) AS found USING (payment_key)
WHERE reason IS NOT NULL;
