-- Migration 2: checksums, so that `chatserve history verify` sees a byte that
-- changed in a row. SQLite has none of its own for its pages.
--
-- A CRC-32 (that of zlib) over the row's values; how they are put into bytes
-- stands in Sources/Transcript/Checksums. NULL in rows of version 1, which
-- come before all others.

-- Over all values but the id, which is not known before the row is written;
-- that of an open also over what never changes in its conversation's row, that
-- of a handle also over the dialect.
ALTER TABLE event ADD COLUMN checksum INTEGER;

-- Over all values, the id too; made anew with the stop.
ALTER TABLE server_run ADD COLUMN checksum INTEGER;
