/** The contract with clients and between verticles: ids, commands, events, limits and errors. */
@NullMarked
package org.carewire.protocol;

import org.jspecify.annotations.NullMarked;
