SELECT kernel.drop_counter('tarot', 'readings_live');
