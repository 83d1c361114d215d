-- One vc+sd-jwt takes the place of the full and the public credential of a passport. Only the operator
-- can make it, by signing, so a file that holds such pairs is left as it is: the name of the
-- constraint is the message.
CREATE TABLE pairs (
    passports INTEGER NOT NULL
    CONSTRAINT "it holds passports of the earlier form, two credentials each, which only their operators can sign anew; see README.md, 'Databases of earlier versions'"
    CHECK (passports = 0)
) STRICT;
INSERT INTO pairs SELECT count(*) FROM passports;
DROP TABLE pairs;

ALTER TABLE passports DROP COLUMN public_credential;
ALTER TABLE passports RENAME COLUMN full_credential TO passport_credential;
