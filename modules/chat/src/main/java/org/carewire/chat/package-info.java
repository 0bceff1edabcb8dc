/** Messages, rooms, typing, visits and groups. */
@NullMarked
package org.carewire.chat;

import org.jspecify.annotations.NullMarked;
