-- One order of names, whatever the locale of the database: alphabetical for people, numbers by their size. After an upgrade of ICU, which Postgres
-- warns of, "reindex index items_by_name_people" and "alter collation people refresh version".
create collation people (provider = icu, locale = 'und-u-kn-true');
create index items_by_name_people on items (name collate people, id);

-- A text as it is searched: compatible forms and accents folded, small letters, and blanks for all that is neither letter, digit, mark nor picture.
-- Apostrophes join what is around them.
create function search_text(given text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(
    regexp_replace(
      normalize(regexp_replace(lower(normalize(given, nfkd) collate "und-x-icu"), '[\u0300-\u036f\u064b-\u065f\u0670]', '', 'g'), nfkc),
      '[''\u2018\u2019\u02bc]', '', 'g'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u055d\u0589\u05be\u060c\u061b\u061f\u0640\u06d4\u0964\u0965\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe00-\ufe6f\ufeff\uffe0-\uffff]+',
    ' ', 'g')
$$;

-- The words that an item is found by: those of its text, what apostrophes join, and the parts of words where digits begin or end. Postgres' own
-- parser would take Lamp-42, Black/White and v2.0 for numbers, paths and hosts.
create function search_words(given text) returns tsvector language sql immutable strict parallel safe as $$
  select array_to_tsvector(array(
    select distinct left(word, 100)
    from (values (search_text(given)), (search_text(translate(given, '''' || U&'\2018\2019\02BC', '    ')))) as form (words)
    cross join lateral (values (words), (regexp_replace(regexp_replace(words, '(\d)([^\d ])', '\1 \2', 'g'), '([^\d ])(\d)', '\1 \2', 'g'))) as part (words)
    cross join lateral unnest(string_to_array(part.words, ' ')) as each (word)
    where word <> ''))
$$;

-- Every word of the search has to begin a word of the item. Null, which finds nothing, where there is no word.
create function search_query(given text) returns tsquery language sql immutable strict parallel safe as $$
  select string_agg(quote_literal(left(word, 100)) || ':*', ' & ')::tsquery from unnest(string_to_array(search_text(given), ' ')) as each (word) where word <> ''
$$;

update items set search = search_words(name || ' ' || description) where search is not null;
