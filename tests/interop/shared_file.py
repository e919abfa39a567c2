#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A database file that a Cormorant program wrote, opened by Python's SQLModel.

    shared_file.py FILE

Reads the authors and books of examples/library, checks their UUIDs and timestamps, and adds a book which the C program then
reads. The models are what a Python programmer would write for these tables; only the index names differ, which SQLModel never
looks at. Run with the python3 that has Debian's python3-sqlmodel.
"""
import sys
import uuid
from datetime import datetime, timedelta
from typing import List, Optional

from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select


class Author(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    created_at: datetime = Field(default_factory=datetime.utcnow)
    updated_at: datetime = Field(default_factory=datetime.utcnow)
    name: str = Field(max_length=200, index=True)
    books: List["Book"] = Relationship(back_populates="author")


class Book(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    created_at: datetime = Field(default_factory=datetime.utcnow)
    updated_at: datetime = Field(default_factory=datetime.utcnow)
    title: str
    author_id: uuid.UUID = Field(foreign_key="author.id")
    author: Optional[Author] = Relationship(back_populates="books")


def main() -> None:
    engine = create_engine(f"sqlite:///{sys.argv[1]}")
    with Session(engine) as session:
        author = session.exec(select(Author).where(Author.name == "Frederick")).one()
        assert isinstance(author.id, uuid.UUID) and author.id.version == 4, author.id
        for moment in (author.created_at, author.updated_at):
            assert isinstance(moment, datetime), moment
            assert abs(datetime.utcnow() - moment) < timedelta(minutes=10), moment
        assert author.updated_at > author.created_at
        titles = sorted(book.title for book in author.books)
        assert titles == ["Climbing", "Diving", "Sailing"], titles
        # Found by key: the stored form of a UUID is the one that SQLModel asks for.
        assert session.get(Book, author.books[0].id) is author.books[0]
        session.add(Book(title="Written in Python", author=author))
        session.commit()
    print("read and written by SQLModel")


if __name__ == "__main__":
    main()
