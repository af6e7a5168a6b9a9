-- Types stay named with their schemas, as they were meant to be.

-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS
    kernel.people_conditions(text, regclass, regclass),
    kernel.whole_links(text, regclass);
