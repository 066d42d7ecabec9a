-- The bytes of photos. They stand apart, so that a list of people, or a merge of two records, does not move them.
create table photo_content (
    photo_id uuid primary key,
    bytes    bytea not null check (length(bytes) between 1 and 524288)
);

-- Pictures are packed already.
alter table photo_content alter column bytes set storage external;

-- Whose photo it is. The key is the photo's own: when two records become one and two again, a photo that was taken since
-- is not the one that moved.
create table photo (
    photo_id   uuid primary key references photo_content,
    worker_id  uuid not null references worker,
    -- As its first bytes tell.
    media_type text not null check (media_type in ('image/jpeg', 'image/png')),
    size       int not null check (size > 0),
    sha256     bytea not null check (length(sha256) = 32),
    constraint photo_of_worker unique (worker_id)
);
